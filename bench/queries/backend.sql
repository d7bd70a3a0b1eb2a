SELECT pg_backend_pid() AS pid, host(inet_server_addr()) AS address
