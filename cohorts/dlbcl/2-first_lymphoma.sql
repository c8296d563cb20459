-- The first contact with diffuse large B-cell lymphoma (C83.3).
SELECT pnr, min(date) AS date FROM diagnoses WHERE code LIKE 'DC833%' GROUP BY pnr
