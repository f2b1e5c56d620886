import CTracee
import Glibc
package import Records

/// A command to launch.
package struct LaunchRequest: Sendable {
  /// What to execute, as `CommandPath` found it.
  package var path: ByteString
  /// The command as it was given: argv.
  package var command: [ByteString]
  /// `NAME=VALUE` each.
  package var environment: [ByteString]
  package var user: UserIdentity?
  /// Nil for stops at every system call.
  package var filter: SeccompFilter?
  /// How it is to be stopped at calls.
  var stops: TraceStart.StopMethod { filter == nil ? .syscall : .seccomp }
  /// Go on with stops at every system call where the kernel refuses the filter.
  package var filterIsOptional: Bool

  package init(
    path: ByteString, command: [ByteString], environment: [ByteString], user: UserIdentity?,
    filter: SeccompFilter?, filterIsOptional: Bool
  ) {
    self.path = path
    self.command = command
    self.environment = environment
    self.user = user
    self.filter = filter
    self.filterIsOptional = filterIsOptional
  }
}

/// A launched child, from its fork to the moment its command runs.
package struct LaunchedChild: ~Copyable {
  package let pid: Int32
  private let native: tracee_child

  /// Forks, seizes the child and lets it go on towards its command.
  ///
  /// The child waits until it is seized, so that nothing of it passes unseen; it dies with us.
  package init(_ request: LaunchRequest) throws(LaunchError) {
    var child = tracee_child()
    let result = Self.fork(request, &child)
    if result < 0 { throw LaunchError(step: .fork, errno: Errno(rawValue: -result)) }
    let seized = tracee_seize(child.pid, true)
    if seized < 0 {
      let errno = Errno(rawValue: -seized)
      let tracer = AttachRefusal.examine(child.pid, errno: errno).tracedBy
      // It has not been let go: it leaves as soon as its pipe closes.
      _ = close(child.go_fd)
      var status: Int32 = 0
      unsafe waitpid(child.pid, &status, 0)
      throw LaunchError(step: .seize, errno: errno, tracer: tracer)
    }
    // A failure means that the child died; the wait will say so.
    _ = unsafe tracee_launch_go(&child)
    pid = child.pid
    native = child
  }

  deinit { _ = close(native.report_fd) }

  /// What the child said on its way to the command.
  package struct Progress: Hashable, Sendable {
    /// The filter could be loaded only with NO_NEW_PRIVS.
    package var setNoNewPrivileges = false
    /// The kernel refused the filter, with this errno.
    package var filterError: Errno?
    /// The command did not start.
    package var failure: LaunchError?
  }

  /// Reads what the child has said so far. Complete once its command runs or it has ended.
  package func progress() -> Progress {
    var progress = Progress()
    var report = tracee_report()
    var child = native
    while unsafe tracee_next_report(&child, &report) == 1 {
      let errno = Errno(rawValue: report.error)
      switch UInt32(bitPattern: report.kind) {
      case TRACEE_REPORT_NO_NEW_PRIVS.rawValue: progress.setNoNewPrivileges = true
      case TRACEE_REPORT_FILTER_REFUSED.rawValue: progress.filterError = errno
      case TRACEE_REPORT_USER_REFUSED.rawValue:
        progress.failure = LaunchError(step: .user, errno: errno)
      default: progress.failure = LaunchError(step: .execute, errno: errno)
      }
    }
    return progress
  }

  private static func fork(_ request: LaunchRequest, _ child: inout tracee_child) -> Int32 {
    let shell = [Array("/bin/sh".utf8), request.path] + request.command.dropFirst()
    return unsafe withCStrings(request.command) { arguments in
      unsafe withCStrings(shell) { shellArguments in
        unsafe withCStrings(request.environment) { environment in
          unsafe withCStrings([request.path]) { paths in
            unsafe (request.filter?.instructions ?? []).withUnsafeBufferPointer { filter in
              unsafe (request.user?.groups ?? []).withUnsafeBufferPointer { groups in
                var launch = unsafe tracee_launch(
                  path: UnsafePointer(paths.pointee.unsafelyUnwrapped), arguments: arguments,
                  shell_arguments: shellArguments,
                  environment: environment,
                  filter: filter.isEmpty ? nil : filter.baseAddress,
                  filter_count: UInt16(filter.count),
                  filter_optional: request.filterIsOptional,
                  change_user: request.user != nil, uid: request.user?.uid ?? 0,
                  gid: request.user?.gid ?? 0, groups: groups.baseAddress,
                  group_count: groups.count)
                return unsafe tracee_launch(&launch, &child)
              }
            }
          }
        }
      }
    }
  }
}
