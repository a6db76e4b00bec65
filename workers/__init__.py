"""Background work: the Celery application, its tasks (ids in, nothing out) and the dispatcher of due profiles join here later."""
