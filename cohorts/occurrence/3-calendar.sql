-- The years asked for.
SELECT CAST(value AS INT) AS year
FROM (SELECT unnest(generate_series(1900, 2100)) AS value)
CROSS JOIN parameters
WHERE value BETWEEN parameters.year_from AND parameters.year_to
