-- A first diagnosis may be a suspicion: another contact with the same disease within 180 days confirms it.
SELECT first_lymphoma.pnr, first_lymphoma.date AS index_date, min(diagnoses.date) AS confirmed
FROM first_lymphoma
JOIN diagnoses
    ON diagnoses.pnr = first_lymphoma.pnr
    AND diagnoses.code LIKE 'DC833%'
    AND diagnoses.date > first_lymphoma.date
    AND diagnoses.date <= first_lymphoma.date + 180
GROUP BY first_lymphoma.pnr, first_lymphoma.date
