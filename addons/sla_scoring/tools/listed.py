def listed(env, names):
    """Return names one after the other as the user's language separates them."""
    return env._(", ").join(names)
