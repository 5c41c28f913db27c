package org.kappabeam.terraform.check;

import java.util.HashSet;
import java.util.Set;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Expression;

/** Workers are reached by each other only, and reach nothing that was not asked for. */
final class NetworkPolicy implements Check {
  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      boolean network = false;
      Set<String> denied = new HashSet<>();
      for (Module.Resource resource : module.resources()) {
        switch (resource.type()) {
          case "google_compute_network" -> {
            network = true;
            Secured.exactly(resource, "auto_create_subnetworks", false, findings);
          }
          case "google_compute_subnetwork" -> {
            Secured.exactly(resource, "private_ip_google_access", true, findings);
            findings.require(
                resource.body().block("log_config").isPresent(),
                resource.where(),
                "must have a log_config: flows are logged");
          }
          case "google_compute_firewall" -> firewall(resource, denied, findings);
          case "google_compute_router_nat" ->
              findings.require(
                  resource.body().value("count").isPresent(),
                  resource.where(),
                  "the way to the internet must be asked for: count by a variable");
          case "google_dns_managed_zone" ->
              Secured.exactly(resource, "visibility", "private", findings);
          default -> {}
        }
      }
      for (String direction : Set.of("INGRESS", "EGRESS")) {
        findings.require(
            !network || denied.contains(direction),
            module.folder(),
            "must deny all other " + direction + ", with a firewall rule of lowest priority");
      }
    }
  }

  private static void firewall(Module.Resource firewall, Set<String> denied, Findings findings) {
    String direction = firewall.text("direction").orElse("");
    findings.require(
        Set.of("INGRESS", "EGRESS").contains(direction),
        firewall.where(),
        "must say its direction");
    boolean everywhere =
        anywhere(firewall, "source_ranges") || anywhere(firewall, "destination_ranges");
    boolean allows = firewall.body().block("allow").isPresent();
    if (allows && direction.equals("INGRESS")) {
      findings.require(
          !anywhere(firewall, "source_ranges"), firewall.where(), "lets the internet in");
      findings.require(
          firewall.body().value("source_tags").isPresent()
              || firewall.body().value("source_ranges").isPresent(),
          firewall.where(),
          "lets anybody in: name source_tags or source_ranges");
      findings.require(
          firewall.body().blocks("allow").stream()
              .allMatch(block -> block.body().value("ports").isPresent()),
          firewall.where(),
          "must name the ports that it opens");
    } else if (allows && everywhere) {
      findings.require(
          firewall.body().value("count").isPresent(),
          firewall.where(),
          "the way to the internet must be asked for: count by a variable");
    }
    boolean all =
        firewall.body().blocks("deny").stream()
            .anyMatch(block -> block.body().value("protocol").filter(v -> v.is("all")).isPresent());
    if (all && everywhere) {
      denied.add(direction);
    }
  }

  private static boolean anywhere(Module.Resource firewall, String attribute) {
    return firewall.body().value(attribute).stream()
        .flatMap((Expression value) -> value.children().stream())
        .anyMatch(item -> item.is("0.0.0.0/0") || item.is("::/0"));
  }
}
