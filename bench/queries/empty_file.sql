COPY (SELECT WHERE false) TO :file
