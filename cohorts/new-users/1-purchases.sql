-- The days on which the drug was bought.
SELECT DISTINCT lmdb.pnr, lmdb.eksd AS date
FROM lmdb
CROSS JOIN parameters
WHERE is_a(lmdb.atc, parameters.atc) AND lmdb.eksd IS NOT NULL
