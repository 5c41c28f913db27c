/** Tests of the reader of HCL. */
package org.kappabeam.terraform.hcl;
