import Glibc
import Records

/// Finds a command as execvp(3) does, before anything is started.
package enum CommandPath {
  /// The path to execute: `command` itself where it holds a slash, else the first executable file
  /// of that name in `searchPath` (the value of PATH; empty entries mean the current directory).
  ///
  /// Throws ENOENT where there is none, EACCES where there is one that may not be executed.
  package static func resolve(
    _ command: ByteString, searchPath: ByteString?
  ) throws(LaunchError) -> ByteString {
    if command.isEmpty { throw LaunchError(step: .find, errno: .noEntry) }
    // With a slash the kernel says best what is wrong, when it is executed.
    let slash = UInt8(ascii: "/")
    if command.contains(slash) { return command }
    var refused = false
    let directories = (searchPath ?? Array("/bin:/usr/bin".utf8))
      .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for directory in directories {
      let path = (directory.isEmpty ? [UInt8(ascii: ".")] : Array(directory)) + [slash] + command
      guard isRegularFile(path) else { continue }
      if isExecutable(path) { return path }
      refused = true
    }
    throw LaunchError(step: .find, errno: refused ? Errno(rawValue: EACCES) : .noEntry)
  }

  private static func isExecutable(_ path: ByteString) -> Bool {
    unsafe withCStrings([path]) { unsafe access($0.pointee.unsafelyUnwrapped, X_OK) == 0 }
  }

  private static func isRegularFile(_ path: ByteString) -> Bool {
    var status = stat()
    let found = unsafe withCStrings([path]) {
      unsafe stat($0.pointee.unsafelyUnwrapped, &status) == 0
    }
    return found && status.st_mode & S_IFMT == S_IFREG
  }
}
