import Glibc
import Testing

/// The files beside the tests. The only file of these tests that talks to C.
enum TestFiles {
  static let folder = String(#filePath.dropLast("TestFiles.swift".count))

  static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  static func read(_ path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "rb") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    while true {
      let byte = unsafe getc(file)
      guard byte >= 0 else { return bytes }
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
  }

  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    guard let file = unsafe fopen(path, "wb") else { return false }
    defer { unsafe fclose(file) }
    return unsafe bytes.span.withUnsafeBytes {
      unsafe fwrite($0.baseAddress, 1, $0.count, file) == bytes.count
    }
  }

  /// Runs a shell command and returns its exit status.
  static func run(_ command: String) -> Int32 { unsafe system(command) >> 8 & 0xff }

  static func remove(_ path: String) { _ = unsafe unlink(path) }

  static var processIdentifier: Int32 { getpid() }

  /// Compares with the golden file of that name; RECORD_GOLDENS=1 writes it, and fails all the
  /// same.
  static func expect(
    _ bytes: [UInt8], matchesGolden name: String, at location: SourceLocation = #_sourceLocation
  ) {
    let path = folder + "Goldens/" + name
    if environment("RECORD_GOLDENS") == "1" {
      let written = write(bytes, to: path)
      Issue.record("recorded \(name): \(written)", sourceLocation: location)
      return
    }
    let golden = read(path) ?? []
    let got = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let wanted = String(decoding: golden, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    for line in 0..<max(got.count, wanted.count) {
      let left = line < got.count ? String(got[line]) : "nothing"
      let right = line < wanted.count ? String(wanted[line]) : "nothing"
      #expect(left == right, "\(name), line \(line + 1)", sourceLocation: location)
      if left != right { return }
    }
    #expect(bytes == golden, "\(name)", sourceLocation: location)
  }
}
