/**
 * What Terraform itself says of our files, offline; and that it would say if something was wrong.
 */
package org.kappabeam.terraform.binary;
