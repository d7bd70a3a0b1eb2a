-- The worst that is known of a function by its name: f, and of what reads a type from text: t. 'v' sorts last, 'i' first.
SELECT 'f' AS kind, p.proname AS name, max(p.provolatile::text COLLATE "C") AS volatility
FROM pg_proc p
WHERE p.prokind = 'f'
GROUP BY p.proname
UNION ALL
SELECT 't', t.typname, p.provolatile::text
FROM pg_type t
JOIN pg_proc p ON p.oid = t.typinput
WHERE t.typtype = 'b'
