SELECT v.viewname AS name, v.definition FROM pg_views v WHERE v.schemaname = current_schema() ORDER BY v.viewname
