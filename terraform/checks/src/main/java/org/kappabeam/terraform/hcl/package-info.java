/**
 * A reader of HCL, the language of Terraform: as much of it as is needed to see what a
 * configuration says, with the line where it says so. Nothing is evaluated.
 *
 * <p>Why no library: OpenRewrite's {@code rewrite-hcl} 8.90.3, the best of them, was tried on the
 * same model. It cannot read <code>&#92;u0001</code>, which the row keys of Bigtable need, knows no
 * precedence of operators, takes a file that breaks off for white space, and brings 34 jars.
 */
package org.kappabeam.terraform.hcl;
