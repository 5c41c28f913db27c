/**
 * The card-fraud pilot: the features of the Fraud Detection Handbook (simulated card transactions;
 * its chapter on baseline feature transformation defines them), three alert rules, two views.
 *
 * <pre>
 *   log ─ decode ─┬─ transactions ─ by customer ─ CustomerFold ─ by terminal ─┐
 *                 └─ fraud labels ───────────────────────────── by terminal ─┴─ TerminalFold ─┬─ scored_transactions
 *                                                                                             └─ rules ─ alerts
 * </pre>
 */
package org.kappabeam.pipelines.fraud;
