/** A tree of Terraform as it was read: modules, what they declare, and the files around them. */
package org.kappabeam.terraform.config;
