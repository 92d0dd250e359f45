"""HTTP: pages, the JSON API, static files, and the guard before them all.

It computes nothing: it reads requests strictly, asks `work` for answers, and hands their bytes on.
Every refusal on every path is an RFC 9457 problem, and nothing a visitor sent is echoed in it.
"""
