/**
 * A reader of HCL, the language of Terraform: as much of it as is needed to see what a
 * configuration says, with the line where it says so. Nothing is evaluated.
 */
package org.kappabeam.terraform.hcl;
