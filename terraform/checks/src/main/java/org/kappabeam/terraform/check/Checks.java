package org.kappabeam.terraform.check;

import java.util.List;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.schema.ProviderSchemas;

/** All checks that need nothing but the files. */
public final class Checks {
  private final List<Check> checks;

  private Checks(List<Check> checks) {
    this.checks = checks;
  }

  /** All of them, with the schemas that this module brings along. */
  public static Checks all() {
    ProviderSchemas schemas = ProviderSchemas.load();
    return new Checks(
        List.of(
            new SchemaCheck(schemas),
            new ReferenceCheck(schemas),
            new HygienePolicy(),
            new BucketPolicy(),
            new PubsubPolicy(),
            new JobPolicy(),
            new AccessPolicy(),
            new StorePolicy(),
            new KeyPolicy(),
            new NetworkPolicy(),
            new WatchPolicy(),
            new WiringPolicy(),
            new NamesCheck(),
            new PageCheck()));
  }

  /** What all of them find. */
  public List<String> run(Configuration configuration) {
    Findings findings = new Findings();
    for (Check check : checks) {
      check.run(configuration, findings);
    }
    return findings.lines();
  }
}
