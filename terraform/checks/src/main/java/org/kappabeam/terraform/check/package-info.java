/**
 * The checks: does what is written exist (schemas, references), is it what we hold to be safe
 * (policies), and do its names agree with the program's.
 */
package org.kappabeam.terraform.check;
