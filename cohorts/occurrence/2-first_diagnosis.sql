-- The first diagnosis of each person, with sex and birth; whoever is not in BEF is not in the population.
WITH person AS (
    -- BEF has a row for each person and time of counting.
    SELECT pnr, min(koen) AS koen, min(foed_dato) AS born FROM bef GROUP BY pnr
),
first_day AS (
    SELECT diagnoses.pnr, min(diagnoses.date) AS date
    FROM diagnoses
    CROSS JOIN parameters
    WHERE is_a(diagnoses.code, parameters.code)
    GROUP BY diagnoses.pnr
)
SELECT person.pnr, person.koen, person.born, first_day.date
FROM person
LEFT JOIN first_day ON first_day.pnr = person.pnr
