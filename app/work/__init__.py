"""Where computing happens: programs run in limited worker processes, never in the server.

A worker is trusted with nothing: it starts without an environment, holds no file, and answers in
length-limited frames of JSON. `Runner` is what the web asks; `Pool` keeps the processes alive;
`Answers` remembers what has been computed. Imports language and the rooms left of it.
"""
