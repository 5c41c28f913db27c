package org.kappabeam.terraform.check;

import java.util.ArrayList;
import java.util.List;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Body;
import org.kappabeam.terraform.hcl.Expression;

/** Buckets are private and encrypted; the archive keeps everything, at falling cost. */
final class BucketPolicy implements Check {
  private static final List<String> TIERS = List.of("NEARLINE", "COLDLINE", "ARCHIVE");

  @Override
  public void run(Configuration configuration, Findings findings) {
    boolean archive = false;
    for (Module module : configuration.modules()) {
      for (Module.Resource bucket : module.resources()) {
        if (bucket.type().equals("google_storage_bucket")) {
          bucket(bucket, findings);
          if (bucket.block().label(1).equals("archive")) {
            archive = true;
            archive(bucket, findings);
          }
        }
      }
    }
    findings.require(archive, "terraform/modules/event-log", "there is no bucket called archive");
  }

  private static void bucket(Module.Resource bucket, Findings findings) {
    Secured.exactly(bucket, "uniform_bucket_level_access", true, findings);
    Secured.exactly(bucket, "public_access_prevention", "enforced", findings);
    Secured.exactly(bucket, "force_destroy", false, findings);
    Secured.require(bucket, "encryption", "default_kms_key_name", findings);
  }

  private static void archive(Module.Resource bucket, Findings findings) {
    Body body = bucket.body();
    findings.require(
        body.block("versioning").stream()
            .anyMatch(block -> block.body().value("enabled").filter(v -> v.is(true)).isPresent()),
        bucket.where(),
        "the archive must keep versions");
    findings.require(
        body.block("soft_delete_policy").stream()
            .anyMatch(
                block ->
                    block
                        .body()
                        .value("retention_duration_seconds")
                        .filter(value -> value.is(7_776_000.0))
                        .isPresent()),
        bucket.where(),
        "the archive must have soft_delete_policy of 7776000 seconds, the longest there is");
    findings.require(
        body.block("retention_policy").isEmpty(),
        bucket.where(),
        "no retention_policy: the archive renames files, which deletes the old name");
    Secured.keep(bucket, findings);
    List<String> classes = new ArrayList<>();
    for (Block rule : body.blocks("lifecycle_rule")) {
      Body action = rule.body().block("action").map(Block::body).orElse(rule.body());
      String type = action.value("type").flatMap(Expression::text).orElse("");
      findings.require(
          type.equals("SetStorageClass"),
          bucket.where(),
          "the archive never forgets: no lifecycle rule of type " + type);
      classes.add(action.value("storage_class").flatMap(Expression::text).orElse(""));
    }
    findings.require(
        classes.equals(TIERS), bucket.where(), "tiers must be " + TIERS + ", are " + classes);
  }
}
