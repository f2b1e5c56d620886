package import Records

/// Why a command could not be launched, or a trace of it not begun.
package struct LaunchError: Error, Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    /// Our own signals could not be set up.
    case signals
    /// The seccomp filter could not be made or loaded.
    case filter
    case fork
    /// PTRACE_SEIZE of the child.
    case seize
    /// The child could not become the user it was to be.
    case user
    /// No file that may be executed has the command's name in PATH.
    case find
    /// The file that was found could not be executed.
    case execute
    /// The child died before the command ran, of what `errno` does not say.
    case child
  }

  package var step: Step
  package var errno: Errno
  /// Who traces the child already, where we therefore cannot.
  package var tracer: String?

  package init(step: Step, errno: Errno, tracer: String? = nil) {
    self.step = step
    self.errno = errno
    self.tracer = tracer
  }
}
