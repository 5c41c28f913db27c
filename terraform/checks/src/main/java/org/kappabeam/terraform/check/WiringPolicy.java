package org.kappabeam.terraform.check;

import java.util.List;
import java.util.Optional;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.Call;
import org.kappabeam.terraform.hcl.Expression.Reference;

/**
 * Where modules take by a variable what protects them, the platform gives them the right thing:
 * each its own key, each job its account, the log the retention of the contract.
 */
final class WiringPolicy implements Check {
  private static final String PLATFORM = "terraform/platform";

  /** Module, argument, and what it must be. */
  private record Wire(String module, String argument, String value) {}

  private static final List<Wire> WIRES =
      List.of(
          new Wire("kms", "service_agents", "module.services.service_agents"),
          new Wire("pubsub", "kms_key", "module.kms.key_ids.pubsub"),
          new Wire("pubsub", "retention", "module.contract.log_retention"),
          new Wire("pubsub", "region", "var.region"),
          new Wire("pubsub", "service_agent", "module.services.service_agents.pubsub"),
          new Wire("pubsub", "worker", "module.identity.members.worker"),
          new Wire("pubsub", "replayer", "module.identity.members.replayer"),
          new Wire("event_log", "kms_key", "module.kms.key_ids.storage"),
          new Wire("event_log", "tiers", "module.contract.archive_tiers"),
          new Wire("event_log", "worker", "module.identity.members.worker"),
          new Wire("event_log", "replayer", "module.identity.members.replayer"),
          new Wire("event_log", "launcher", "module.identity.members.launcher"),
          new Wire("bigquery", "kms_key", "module.kms.key_ids.bigquery"),
          new Wire("bigquery", "worker", "module.identity.members.worker"),
          new Wire("bigquery", "replayer", "module.identity.members.replayer"),
          new Wire("bigquery", "reader", "module.identity.members.reader"),
          new Wire("bigtable", "kms_key", "module.kms.key_ids.bigtable"),
          new Wire("bigtable", "worker", "module.identity.members.worker"),
          new Wire("bigtable", "replayer", "module.identity.members.replayer"),
          new Wire("bigtable", "reader", "module.identity.members.reader"),
          new Wire("kafka", "kms_key", "module.kms.key_ids.managedkafka"),
          new Wire("kafka", "subnetwork", "module.network.subnetwork_id"),
          new Wire("artifact_registry", "kms_key", "module.kms.key_ids.artifactregistry"),
          new Wire("artifact_registry", "writer", "module.identity.members.launcher"),
          new Wire("dataflow_flex", "kms_key", "module.kms.key_ids.dataflow"),
          new Wire("dataflow_flex", "service_account", "module.identity.emails.worker"),
          new Wire("dataflow_flex", "subnetwork", "module.network.subnetwork"),
          new Wire("dataflow_flex", "work_bucket", "module.event_log.work"),
          new Wire("dataflow_classic", "kms_key", "module.kms.key_ids.dataflow"),
          new Wire("dataflow_classic", "service_account", "module.identity.emails.worker"),
          new Wire("dataflow_classic", "subnetwork", "module.network.subnetwork"),
          new Wire("dataflow_classic", "work_bucket", "module.event_log.work"),
          new Wire("audit", "kms_key", "module.kms.key_ids.logging"),
          new Wire("audit", "retention_days", "module.contract.audit_retention_days"));

  @Override
  public void run(Configuration configuration, Findings findings) {
    Optional<Module> platform = configuration.module(PLATFORM);
    if (platform.isEmpty()) {
      findings.add(PLATFORM, "is not there");
      return;
    }
    for (Wire wire : WIRES) {
      Optional<Module.Declared> call = platform.get().declared("module", wire.module());
      findings.require(call.isPresent(), PLATFORM, "does not call module " + wire.module());
      if (call.isPresent()) {
        Optional<Expression> given = call.get().block().body().value(wire.argument());
        findings.require(
            given
                .filter(
                    value ->
                        value instanceof Reference reference
                            && reference.toString().equals(wire.value()))
                .isPresent(),
            call.get().where(),
            "module " + wire.module() + " must be given " + wire.argument() + " = " + wire.value());
      }
    }
    for (Module.Declared call : platform.get().declared("module")) {
      knownBefore(configuration, platform.get(), call, findings);
    }
  }

  /**
   * What for_each goes through must be known before anything is made: as a set, its members have to
   * be; as a map, only its keys.
   */
  private static void knownBefore(
      Configuration configuration, Module platform, Module.Declared call, Findings findings) {
    Optional<Module> called =
        call.block()
            .body()
            .value("source")
            .flatMap(Expression::text)
            .flatMap(source -> configuration.module(platform.resolve(source)));
    if (called.isEmpty()) {
      return;
    }
    for (Module.Resource resource : called.get().resources()) {
      Optional<Expression> each = resource.body().value("for_each");
      if (each.isEmpty() || !(each.get() instanceof Call set) || !set.name().equals("toset")) {
        continue;
      }
      for (Reference reference : set.references()) {
        boolean made =
            reference.startsWith("var")
                && call.block().body().value(reference.at(1)).stream()
                    .flatMap(given -> given.references().stream())
                    .anyMatch(
                        given -> given.at(0).equals("module") && !given.at(1).equals("contract"));
        findings.require(
            !made,
            resource.where(),
            "for_each goes through var."
                + reference.at(1)
                + ", whose members are known only once they are made: take a map");
      }
    }
  }
}
