"""Prefetch groups of our fields on models of the host.

A field of such a group is read with the others of its group, once somebody looks at one of
them; all other reads of the record do without: everybody's reads pay for our fields else.
"""

#: How a company works.
SETTINGS = "vip_settings"
#: What few screens show.
RARE = "vip_rare"
