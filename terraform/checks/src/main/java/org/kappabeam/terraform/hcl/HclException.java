package org.kappabeam.terraform.hcl;

/** A text that is no HCL; the message says where and why. */
public final class HclException extends RuntimeException {
  private static final long serialVersionUID = 1;

  HclException(String where, String what) {
    super(where + ": " + what);
  }
}
