-- Who has diabetes, from when: the day of the second inclusion event, of whichever kinds the two are.
-- Several records of one kind on one day are one event: a sample is often reported in both units, a contact has several
-- diagnoses, and a visit to the pharmacy several packages.
WITH event AS (
    SELECT pnr, date, 'hba1c' AS kind FROM elevated_hba1c
    UNION
    SELECT pnr, date, 'diagnosis' FROM diabetes_diagnoses
    UNION
    SELECT pnr, date, 'podiatry' FROM podiatry
    UNION
    SELECT pnr, date, 'gld' FROM gld_purchases
),
numbered AS (
    SELECT pnr, date, row_number() OVER (PARTITION BY pnr ORDER BY date) AS number FROM event
)
SELECT pnr, date FROM numbered WHERE number = 2
