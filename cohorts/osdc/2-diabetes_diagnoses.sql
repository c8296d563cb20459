-- Diabetes in ICD-10 (E10 to E14, any) and in the Danish ICD-8 until 1993 (249 insulin-dependent, 250 not).
SELECT
    pnr,
    date,
    kind = 'A' AS is_primary,
    department,
    code LIKE 'DE10%' OR code LIKE '249%' AS is_t1d,
    code LIKE 'DE11%' OR code LIKE '250%' AS is_t2d
FROM diagnoses
WHERE code LIKE 'DE10%' OR code LIKE 'DE11%' OR code LIKE 'DE12%' OR code LIKE 'DE13%' OR code LIKE 'DE14%'
    OR code LIKE '249%' OR code LIKE '250%'
