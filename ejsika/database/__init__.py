"""The PostgreSQL that comes with requirements.txt, as a Django engine, and the processes of `make run` around it."""
