# For those who have tflint; what it would find in names and declarations, terraform/checks finds as well.
config {
  call_module_type = "local"
}

plugin "terraform" {
  enabled = true
  preset  = "recommended"
}
