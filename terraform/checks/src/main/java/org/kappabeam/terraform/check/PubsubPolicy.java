package org.kappabeam.terraform.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.Reference;

/**
 * Topics keep messages, encrypted, in their region; subscriptions never expire and lose nothing.
 */
final class PubsubPolicy implements Check {
  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      List<Module.Resource> topics = of(module, "google_pubsub_topic");
      List<Module.Resource> subscriptions = of(module, "google_pubsub_subscription");
      topics.forEach(topic -> topic(topic, findings));
      Set<String> deadLetters =
          subscriptions.stream()
              .flatMap(subscription -> subscription.body().blocks("dead_letter_policy").stream())
              .flatMap(policy -> names(policy, "dead_letter_topic").stream())
              .collect(Collectors.toSet());
      Set<String> subscribed = new HashSet<>();
      for (Module.Resource subscription : subscriptions) {
        Set<String> topic = names(subscription.block(), "topic");
        subscribed.addAll(topic);
        subscription(subscription, deadLetters.containsAll(topic), findings);
      }
      for (Module.Resource topic : topics) {
        findings.require(
            subscribed.contains(topic.block().label(1)),
            topic.where(),
            "nobody subscribes: what is published is dropped");
      }
    }
  }

  private static List<Module.Resource> of(Module module, String type) {
    return module.resources().stream().filter(found -> found.type().equals(type)).toList();
  }

  private static Set<String> names(Block block, String attribute) {
    return block.body().value(attribute).stream()
        .flatMap(value -> value.references().stream())
        .map((Reference reference) -> reference.at(1))
        .collect(Collectors.toSet());
  }

  private static void topic(Module.Resource topic, Findings findings) {
    Secured.require(topic, "kms_key_name", findings);
    Secured.require(topic, "message_retention_duration", findings);
    Secured.require(topic, "message_storage_policy", "allowed_persistence_regions", findings);
  }

  private static void subscription(
      Module.Resource subscription, boolean ofDeadLetters, Findings findings) {
    Secured.require(subscription, "message_retention_duration", findings);
    Secured.exactly(subscription, "retain_acked_messages", true, findings);
    Secured.require(subscription, "retry_policy", "minimum_backoff", findings);
    findings.require(
        subscription.body().block("expiration_policy").stream()
            .anyMatch(block -> block.body().value("ttl").filter(v -> v.is("")).isPresent()),
        subscription.where(),
        "must never expire: expiration_policy with ttl = \"\"");
    if (!ofDeadLetters) {
      Secured.require(subscription, "dead_letter_policy", "dead_letter_topic", findings);
      findings.require(
          subscription.body().block("dead_letter_policy").stream()
              .flatMap(block -> block.body().value("max_delivery_attempts").stream())
              .anyMatch((Expression attempts) -> attempts.is(100.0)),
          subscription.where(),
          "a failed checkpoint is an attempt, so take the most: max_delivery_attempts = 100");
    }
  }
}
