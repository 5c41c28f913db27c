package org.kappabeam.transforms.cassandra;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.Views;

class CassandraAddressTest {

  @Test
  void aShortUriHasDefaults() {
    CassandraAddress address = CassandraAddress.parse("cassandra://one/views");
    assertThat(address.hosts(), contains(InetSocketAddress.createUnresolved("one", 9042)));
    assertThat(address.keyspace(), is("views"));
    assertThat(address.consistency(), is(DefaultConsistencyLevel.LOCAL_QUORUM));
    assertThat(address.serialConsistency(), is(DefaultConsistencyLevel.LOCAL_SERIAL));
    assertThat(address.user(), is(nullValue()));
    assertThat(address.password(), is(nullValue()));
    assertThat(address.tls(), is(false));
    assertThat(address.buckets(), is(64));
    assertThat(address.inFlight(), is(256));
  }

  @Test
  void everyParameterIsTaken() {
    CassandraAddress address =
        CassandraAddress.parse(
            "cassandra://one:1,two.example.org,[::1]:3/views?user=kappa&datacenter=dc%201"
                + "&consistency=QUORUM&tlsCaFile=/etc/ca.pem&buckets=7&inFlight=9");
    assertThat(
        address.hosts(),
        contains(
            InetSocketAddress.createUnresolved("one", 1),
            InetSocketAddress.createUnresolved("two.example.org", 9042),
            InetSocketAddress.createUnresolved("::1", 3)));
    assertThat(address.user(), is("kappa"));
    assertThat(address.datacenter(), is("dc 1"));
    assertThat(address.consistency(), is(DefaultConsistencyLevel.QUORUM));
    assertThat(address.serialConsistency(), is(DefaultConsistencyLevel.SERIAL));
    assertThat(address.tls(), is(true));
    assertThat(address.tlsCaFile(), is("/etc/ca.pem"));
    assertThat(address.buckets(), is(7));
    assertThat(address.inFlight(), is(9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cassandra:views",
        "cassandra://",
        "cassandra://host",
        "cassandra://host/",
        "cassandra:///views",
        "cassandra://host/Views",
        "cassandra://host/views/more",
        "cassandra://host:0/views",
        "cassandra://host:99999/views",
        "cassandra://host:x/views",
        "cassandra://one,,two/views",
        "cassandra://host/views?user"
      })
  void aUriThatNamesNothingSaysHowToWriteIt(String uri) {
    assertThat(refused(uri), containsString("write cassandra://"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "consistency=ONE",
        "consistency=local_quorum",
        "buckets=0",
        "buckets=1025",
        "buckets=-1",
        "inFlight=many",
        "username=kappa"
      })
  void aParameterThatCannotBeSaysWhatCan(String parameter) {
    assertThat(refused("cassandra://host/views?" + parameter), containsString("use "));
  }

  @Test
  void tlsIsNotTurnedOffSilently() {
    refused("cassandra://host/views?tls=yes");
    refused("cassandra://host/views?tls=false&tlsCaFile=ca.pem");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cassandra://kappa:hunter2@host/views",
        "cassandra://host/views?user=kappa&password=hunter2"
      })
  void aSecretInTheUriIsRefusedAndNotRepeated(String uri) {
    assertThat(refused(uri), not(containsString("hunter2")));
  }

  private static String refused(String uri) {
    return assertThrows(KappaException.class, () -> Views.at(uri, 1)).getMessage();
  }
}
