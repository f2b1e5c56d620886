import CTracee
import Glibc

/// An argument, a path or an environment variable: bytes, which need not be UTF-8. A program is to
/// be given just those that we were given.
package typealias ByteString = [UInt8]

/// Our own arguments and environment, as they were given.
package enum OwnProcess {
  /// argv.
  package static var arguments: [ByteString] {
    unsafe strings(CommandLine.unsafeArgv)
  }

  /// `NAME=VALUE` each.
  package static var environment: [ByteString] {
    guard let environment = unsafe tracee_environment() else { return [] }
    return unsafe strings(environment)
  }

  private static func strings(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> [ByteString] {
    var strings: [ByteString] = []
    while let string = unsafe pointers[strings.count] {
      let bytes = unsafe UnsafeRawBufferPointer(start: string, count: strlen(string))
      unsafe strings.append(ByteString(bytes))
    }
    return strings
  }
}

/// Calls `body` with a NULL-terminated array of C strings.
func withCStrings<Result>(
  _ strings: [ByteString],
  _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] =
    unsafe strings.map { unsafe duplicate($0) } + [nil]
  defer { for index in unsafe pointers.indices { unsafe pointers[index]?.deallocate() } }
  return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
    // Never empty: it ends with NULL.
    unsafe body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
  }
}

private func duplicate(_ string: ByteString) -> UnsafeMutablePointer<CChar> {
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: string.count + 1)
  for (index, byte) in string.enumerated() { unsafe copy[index] = CChar(bitPattern: byte) }
  unsafe copy[string.count] = 0
  return unsafe copy
}
