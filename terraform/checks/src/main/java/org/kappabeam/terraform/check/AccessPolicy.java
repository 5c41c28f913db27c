package org.kappabeam.terraform.check;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.ListOf;
import org.kappabeam.terraform.hcl.Expression.Literal;
import org.kappabeam.terraform.hcl.Expression.Reference;

/** Nobody may do more than they must, nobody unknown may do anything, and there are no keys. */
final class AccessPolicy implements Check {
  /** Every role that may be given, and nothing with admin, owner, editor of projects in it. */
  private static final Set<String> ROLES =
      Set.of(
          "roles/artifactregistry.reader",
          "roles/artifactregistry.writer",
          "roles/bigquery.dataEditor",
          "roles/bigquery.dataViewer",
          "roles/bigquery.jobUser",
          "roles/bigtable.reader",
          "roles/bigtable.user",
          "roles/cloudkms.cryptoKeyEncrypterDecrypter",
          "roles/dataflow.developer",
          "roles/dataflow.worker",
          "roles/iam.serviceAccountTokenCreator",
          "roles/iam.serviceAccountUser",
          "roles/managedkafka.client",
          "roles/monitoring.metricWriter",
          "roles/pubsub.publisher",
          "roles/pubsub.subscriber",
          "roles/pubsub.viewer",
          "roles/storage.objectUser",
          "roles/storage.objectViewer");

  /**
   * Roles that may be given for a whole project: none of them reads or writes stored data but
   * Kafka's.
   */
  private static final Set<String> PROJECT_ROLES =
      Set.of(
          "roles/bigquery.jobUser",
          "roles/dataflow.developer",
          "roles/dataflow.worker",
          "roles/managedkafka.client",
          "roles/monitoring.metricWriter");

  /** Rights that own roles may hold. */
  private static final Set<String> PERMISSIONS =
      Set.of(
          "bigtable.tables.create",
          "bigtable.tables.delete",
          "bigtable.tables.get",
          "bigtable.tables.list",
          "dataflow.jobs.create",
          "dataflow.jobs.get",
          "dataflow.jobs.list",
          "dataflow.messages.list",
          "pubsub.snapshots.create",
          "pubsub.snapshots.delete",
          "pubsub.snapshots.get",
          "pubsub.snapshots.list",
          "pubsub.snapshots.seek",
          "pubsub.subscriptions.consume",
          "pubsub.subscriptions.create",
          "pubsub.subscriptions.get",
          "pubsub.subscriptions.list",
          "pubsub.topics.get");

  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      for (Module.Resource resource : module.resources()) {
        forbidden(resource, findings);
        if (resource.type().endsWith("_iam_member")) {
          member(resource, findings);
        } else if (resource.type().equals("google_project_iam_custom_role")) {
          custom(resource, findings);
        } else if (resource.type().equals("data.aws_iam_policy_document")) {
          statements(resource, findings);
        }
      }
      module
          .files()
          .forEach(
              (file, body) ->
                  body.walk(
                      expression ->
                          findings.require(
                              !expression.is("allUsers") && !expression.is("allAuthenticatedUsers"),
                              file,
                              "gives access to everybody")));
    }
  }

  private static void forbidden(Module.Resource resource, Findings findings) {
    String type = resource.type();
    findings.require(
        !type.endsWith("_iam_policy") && !type.endsWith("_iam_binding"),
        resource.where(),
        "takes access away from everybody it does not name: use _iam_member");
    findings.require(
        !type.equals("google_service_account_key") && !type.equals("aws_iam_access_key"),
        resource.where(),
        "a key can leak: people and machines take short-lived tokens");
    findings.require(!type.equals("aws_iam_user"), resource.where(), "a user has keys: use a role");
    findings.require(
        resource.body().block("access").isEmpty(),
        resource.where(),
        "access stands in _iam_member, not in the resource");
  }

  private static void member(Module.Resource resource, Findings findings) {
    Set<String> roles = roles(resource);
    findings.require(
        !roles.isEmpty(), resource.where(), "its role must be written out, or be one of our own");
    boolean project = resource.type().equals("google_project_iam_member");
    for (String role : roles) {
      findings.require(
          role.equals("custom") || ROLES.contains(role),
          resource.where(),
          role + " is on no list of what may be given");
      findings.require(
          role.equals("custom")
              || !project
              || PROJECT_ROLES.contains(role)
              || !ROLES.contains(role),
          resource.where(),
          role + " is given for the whole project: give it for the resource");
    }
  }

  /** The roles that are given: as written, or among what for_each goes through. */
  private static Set<String> roles(Module.Resource resource) {
    Expression role = resource.body().value("role").orElse(new Literal(Literal.NULL));
    Set<String> roles = new HashSet<>();
    if (role.text().isPresent()) {
      roles.add(role.text().get());
    } else if (role instanceof Reference reference) {
      if (reference.at(0).equals("google_project_iam_custom_role")) {
        roles.add("custom");
      } else if (reference.at(0).equals("each")) {
        collect(resource.body().value("for_each"), roles);
      }
    }
    return roles;
  }

  private static void collect(Optional<Expression> each, Set<String> roles) {
    each.ifPresent(
        value ->
            value.walk(
                expression -> {
                  expression.text().filter(text -> text.startsWith("roles/")).ifPresent(roles::add);
                  if (expression instanceof Reference reference
                      && reference.at(0).equals("google_project_iam_custom_role")) {
                    roles.add("custom");
                  }
                }));
  }

  private static void custom(Module.Resource role, Findings findings) {
    List<Expression> permissions =
        role.body().value("permissions").orElse(new Literal("")) instanceof ListOf list
            ? list.items()
            : List.of();
    findings.require(!permissions.isEmpty(), role.where(), "its permissions must be written out");
    for (Expression permission : permissions) {
      String text = permission.text().orElse("?");
      findings.require(
          PERMISSIONS.contains(text),
          role.where(),
          text + " is on no list of what our own roles may hold");
    }
  }

  /** In AWS: no wildcard, but for who owns the key. */
  private static void statements(Module.Resource document, Findings findings) {
    document
        .body()
        .blocks("statement")
        .forEach(
            statement ->
                statement
                    .body()
                    .value("actions")
                    .ifPresent(
                        actions ->
                            actions.walk(
                                action ->
                                    action
                                        .text()
                                        .ifPresent(
                                            text ->
                                                findings.require(
                                                    !text.equals("*")
                                                        && (!text.endsWith(":*")
                                                            || document
                                                                .block()
                                                                .label(1)
                                                                .equals("key")),
                                                    document.where(),
                                                    "allows " + text + ": name the actions")))));
  }
}
