-- What the purchases of each person say of the type of diabetes.
WITH first_purchase AS (
    SELECT pnr, min(date) AS date FROM gld_purchases GROUP BY pnr
)
SELECT
    purchase.pnr,
    bool_and(purchase.is_insulin) AS only_insulin,
    bool_or(purchase.is_insulin AND purchase.date <= first_purchase.date + 180) AS insulin_within_180_days,
    -- At least two thirds of all defined daily doses; with room for the rounding of sums.
    sum(purchase.doses) > 0
        AND 3 * sum(CASE WHEN purchase.is_insulin THEN purchase.doses ELSE 0 END)
            >= 2 * sum(purchase.doses) * (1 - 1e-12) AS two_thirds_insulin
FROM gld_purchases AS purchase
JOIN first_purchase ON first_purchase.pnr = purchase.pnr
GROUP BY purchase.pnr
