"""Worker processes that evaluate queries and can be killed: the pool, its queue, the fork server and the sandbox."""
