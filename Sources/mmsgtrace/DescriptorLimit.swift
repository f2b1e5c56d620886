import Glibc

/// Our own limit of open files.
enum DescriptorLimit {
  /// Raises it as far as may be: every traced process costs a descriptor. After the launch, since
  /// the command inherits the limit.
  static func raise() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
