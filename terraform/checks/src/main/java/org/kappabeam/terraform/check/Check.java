package org.kappabeam.terraform.check;

import org.kappabeam.terraform.config.Configuration;

/** Looks at a configuration and says what is wrong with it. */
public interface Check {
  void run(Configuration configuration, Findings findings);
}
