package org.kappabeam.terraform.check;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.Literal;

/** Keys rotate within 90 days, and are not destroyed, or not at once. */
final class KeyPolicy implements Check {
  private static final long DAY = 86_400;
  private static final Pattern SECONDS = Pattern.compile("([0-9]{1,9})s");

  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      for (Module.Resource key : module.resources()) {
        if (key.type().equals("google_kms_crypto_key")) {
          findings.require(
              seconds(key, "rotation_period") <= 90 * DAY,
              key.where(),
              "must have a rotation_period of at most 7776000s, which is 90 days");
          findings.require(
              key.text("destroy_scheduled_duration").isPresent()
                  && seconds(key, "destroy_scheduled_duration") >= 30 * DAY,
              key.where(),
              "must have a destroy_scheduled_duration of at least 2592000s, which is 30 days");
          Secured.keep(key, findings);
        } else if (key.type().equals("aws_kms_key")) {
          Secured.exactly(key, "enable_key_rotation", true, findings);
          findings.require(
              number(key, "rotation_period_in_days").filter(days -> days <= 90).isPresent(),
              key.where(),
              "must have a rotation_period_in_days of at most 90");
          findings.require(
              number(key, "deletion_window_in_days").filter(days -> days >= 30).isPresent(),
              key.where(),
              "must have a deletion_window_in_days of 30");
          Secured.keep(key, findings);
        } else if (key.type().equals("aws_sns_topic")) {
          Secured.require(key, "kms_master_key_id", findings);
        }
      }
    }
  }

  private static long seconds(Module.Resource key, String attribute) {
    Matcher matcher = SECONDS.matcher(key.text(attribute).orElse(""));
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
  }

  private static Optional<Double> number(Module.Resource key, String attribute) {
    return key.body()
        .value(attribute)
        .filter(Literal.class::isInstance)
        .map((Expression value) -> ((Literal) value).value())
        .filter(Double.class::isInstance)
        .map(Double.class::cast);
  }
}
