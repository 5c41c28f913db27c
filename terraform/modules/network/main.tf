# Workers without public addresses, which reach Google's services by private ways and, unless asked for, nothing else.
resource "google_compute_network" "this" {
  project                 = var.project_id
  name                    = var.name
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
}

resource "google_compute_subnetwork" "workers" {
  project                  = var.project_id
  name                     = "${var.name}-workers"
  region                   = var.region
  network                  = google_compute_network.this.id
  ip_cidr_range            = var.cidr
  private_ip_google_access = true

  log_config {
    aggregation_interval = "INTERVAL_5_MIN"
    flow_sampling        = 0.5
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Workers shuffle data among each other on these ports; Dataflow puts the tag on them.
resource "google_compute_firewall" "workers" {
  project     = var.project_id
  name        = "${var.name}-workers"
  network     = google_compute_network.this.id
  direction   = "INGRESS"
  priority    = 1000
  source_tags = ["dataflow"]
  target_tags = ["dataflow"]

  allow {
    protocol = "tcp"
    ports    = ["12345-12346"]
  }
}

resource "google_compute_firewall" "deny_ingress" {
  project       = var.project_id
  name          = "${var.name}-deny-ingress"
  network       = google_compute_network.this.id
  direction     = "INGRESS"
  priority      = 65000
  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

# restricted.googleapis.com, and the workers themselves (and Managed Kafka's addresses in their subnetwork).
resource "google_compute_firewall" "allow_egress" {
  project            = var.project_id
  name               = "${var.name}-allow-egress"
  network            = google_compute_network.this.id
  direction          = "EGRESS"
  priority           = 1000
  destination_ranges = ["199.36.153.4/30", var.cidr]

  allow {
    protocol = "tcp"
  }
}

# Log, registry or database elsewhere: TLS and Kafka's usual ports.
resource "google_compute_firewall" "allow_internet" {
  count = var.internet_access ? 1 : 0

  project            = var.project_id
  name               = "${var.name}-allow-internet"
  network            = google_compute_network.this.id
  direction          = "EGRESS"
  priority           = 1100
  destination_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443", "9092-9094"]
  }
}

resource "google_compute_firewall" "deny_egress" {
  project            = var.project_id
  name               = "${var.name}-deny-egress"
  network            = google_compute_network.this.id
  direction          = "EGRESS"
  priority           = 65000
  destination_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_router" "nat" {
  count = var.internet_access ? 1 : 0

  project = var.project_id
  name    = "${var.name}-router"
  region  = var.region
  network = google_compute_network.this.id
}

resource "google_compute_router_nat" "nat" {
  count = var.internet_access ? 1 : 0

  project                            = var.project_id
  name                               = "${var.name}-nat"
  region                             = var.region
  router                             = google_compute_router.nat[0].name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  subnetwork {
    name                    = google_compute_subnetwork.workers.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

# Google's services by their restricted addresses, which do not leave Google's network.
locals {
  zones = {
    googleapis = "googleapis.com."
    registry   = "pkg.dev."
    # Dataflow's own images.
    gcr = "gcr.io."
  }

  # The name in each zone that has the addresses; all others are that one.
  hosts = merge(local.zones, { googleapis = "restricted.googleapis.com." })
}

resource "google_dns_managed_zone" "google" {
  for_each = local.zones

  project     = var.project_id
  name        = "${var.name}-${each.key}"
  dns_name    = each.value
  description = "Google's services by private ways."
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.this.id
    }
  }
}

resource "google_dns_record_set" "address" {
  for_each = local.hosts

  project      = var.project_id
  managed_zone = google_dns_managed_zone.google[each.key].name
  name         = each.value
  type         = "A"
  ttl          = 300
  rrdatas      = ["199.36.153.4", "199.36.153.5", "199.36.153.6", "199.36.153.7"]
}

resource "google_dns_record_set" "all" {
  for_each = local.hosts

  project      = var.project_id
  managed_zone = google_dns_managed_zone.google[each.key].name
  name         = "*.${local.zones[each.key]}"
  type         = "CNAME"
  ttl          = 300
  rrdatas      = [each.value]
}
