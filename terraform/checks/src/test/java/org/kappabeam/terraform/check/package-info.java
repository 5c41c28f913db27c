/** Tests of the checks: our own files pass, and each planted fault is found. */
package org.kappabeam.terraform.check;
