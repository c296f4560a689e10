"""How the due clocks are shared: the setting and the jobs, by worker."""

#: Setting: how many jobs share the due clocks.
WORKERS = "sla_promise.due_workers"
JOBS = tuple(f"sla_promise.cron_due{suffix}" for suffix in ("", "_2", "_3", "_4"))
