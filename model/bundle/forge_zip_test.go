package bundle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"warroom/model/bundle"
)

// zipTricks manipulate the zip itself, without signing anything again.
var zipTricks = map[string]func(f *forgery) bool{
	"bytes before it": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { return append([]byte("#!/bin/sh\n"), b...) }
		return true
	},
	"bytes behind it": func(f *forgery) bool { f.zip = func(b []byte) []byte { return append(b, 0) }; return true },
	"much behind it": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { return append(b, make([]byte, 3<<20)...) }
		return true
	},
	"half an end behind it": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { return append(b, "PK\x05\x06, and PK\x05\x06 once more, without a zip"...) }
		return true
	},
	"two zips": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { return append(bytes.Clone(b), b...) }
		return true
	},
	"another zip before it": func(f *forgery) bool {
		f.zip = func(b []byte) []byte {
			return append(empty(f.t),
				b...)
		}
		return true
	},
	"another zip behind it": func(f *forgery) bool {
		f.zip = func(b []byte) []byte {
			return append(b,
				empty(f.t)...)
		}
		return true
	},
	"a comment":         func(f *forgery) bool { f.zip = comment; return true },
	"cut":               func(f *forgery) bool { f.zip = func(b []byte) []byte { return b[:len(b)-1] }; return true },
	"cut in the middle": func(f *forgery) bool { f.zip = func(b []byte) []byte { return b[:len(b)/2] }; return true },
	"nothing":           func(f *forgery) bool { f.zip = func([]byte) []byte { return nil }; return true },
	"a local name differs": func(f *forgery) bool {
		f.zip = func(b []byte) []byte {
			return bytes.Replace(b, []byte("/data/README.txt"), []byte("/data/ReADME.txt"), 1)
		}
		return true
	},
	"a time that only a local header has": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { b[10]++; return b } // the directory at the end has no time
		return true
	},
	"a method that only a local header has": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { b[8] = byte(zip.Deflate); return b }
		return true
	},
	"been compressed by another program": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { return compressed(f.t, f.base, b) }
		return true
	},
	"a comment of a file": header(func(h *zip.FileHeader) { h.Comment = "x" }),
	"an extra field":      header(func(h *zip.FileHeader) { h.Extra = []byte{1, 0, 1, 0, 0} }),
	//lint:ignore SA1019 an old field that a forger may set
	"a time":              header(func(h *zip.FileHeader) { h.ModifiedTime = 1 }),
	"a mode":              header(func(h *zip.FileHeader) { h.SetMode(0o755) }),
	"a link":              header(func(h *zip.FileHeader) { h.SetMode(0o777 | 1<<27) }),
	"another sum":         header(func(h *zip.FileHeader) { h.CRC32++ }),
	"another size":        header(func(h *zip.FileHeader) { h.UncompressedSize64++ }),
	"compressed, it says": header(func(h *zip.FileHeader) { h.Method = zip.Deflate }),
	"encrypted, it says":  header(func(h *zip.FileHeader) { h.Flags |= 1 }),
	"a file twice":        func(f *forgery) bool { f.files = append(f.files, f.files[1]); return true },
	"a file twice, other": func(f *forgery) bool {
		f.files = append(f.files, forgedFile{name: f.files[1].name, body: []byte("x")})
		return true
	},
	"in another order": func(f *forgery) bool {
		f.files = append(f.files[1:len(f.files):len(f.files)],
			f.files[0])
		return true
	},
	"the opposite order":          func(f *forgery) bool { slices.Reverse(f.files); return true },
	"all below another directory": func(f *forgery) bool { f.base = "other/" + f.base; return true },
	"no bagit.txt":                func(f *forgery) bool { return f.remove("bagit.txt") },
	"no bagit.txt and a time": func(f *forgery) bool {
		//lint:ignore SA1019 an old field that a forger may set
		return header(func(h *zip.FileHeader) { h.ModifiedTime = 1 })(f) && f.remove("bagit.txt")
	},
	"an absolute path":       func(f *forgery) bool { return f.set("!/etc/passwd", nil) },
	"a path that leads out":  func(f *forgery) bool { return f.set("!"+f.base+"/../../x", nil) },
	"a path of Windows":      func(f *forgery) bool { return f.set(`!C:\x`, nil) },
	"a backslash":            func(f *forgery) bool { return f.set(`!`+f.base+`\data\x`, nil) },
	"a second directory":     func(f *forgery) bool { return f.set("!other/bagit.txt", f.get("bagit.txt")) },
	"an empty directory":     func(f *forgery) bool { return f.set("!"+f.base+"/data/empty/", nil) },
	"a file beside":          func(f *forgery) bool { return f.set("!x.txt", []byte("x")) },
	"a directory in capital": func(f *forgery) bool { f.base = strings.ToUpper(f.base) + "X"; return true },
	"a file unlisted":        func(f *forgery) bool { return f.set("data/x.txt", []byte("x")) },
	"an unlisted tag":        func(f *forgery) bool { return f.set("x.txt", []byte("x")) },
	"a file missing":         func(f *forgery) bool { return f.remove("data/README.txt") },
	"an invalid name":        func(f *forgery) bool { return f.set("data/\xff\xfe", nil) },
	"no signature":           func(f *forgery) bool { return f.remove("tagmanifest-sha256.txt.sig") },
	"no sums":                func(f *forgery) bool { return f.remove("manifest-sha256.txt") },
	"no signer":              func(f *forgery) bool { return f.remove("allowed_signers") },
	"the signer is another":  func(f *forgery) bool { return f.edit("allowed_signers", "hub ", "ana ") },
	"sums in capitals": func(f *forgery) bool {
		return f.set("manifest-sha256.txt", bytes.ToUpper(f.get("manifest-sha256.txt")))
	},
	"sums with CRLF": func(f *forgery) bool {
		return f.set("manifest-sha256.txt",
			bytes.ReplaceAll(f.get("manifest-sha256.txt"), []byte("\n"), []byte("\r\n")))
	},
	"a sum twice": func(f *forgery) bool {
		return f.set("manifest-sha256.txt",
			append(bytes.Clone(f.get("manifest-sha256.txt")), f.get("manifest-sha256.txt")...))
	},
	"a signature in two": func(f *forgery) bool {
		return f.set("tagmanifest-sha256.txt.sig", append(bytes.Clone(f.get("tagmanifest-sha256.txt.sig")), '\n'))
	},
}

// header changes the header of the README in the zip.
func header(change func(*zip.FileHeader)) func(*forgery) bool {
	return func(f *forgery) bool {
		f.files[f.at("data/README.txt")].header = change
		return true
	}
}

func empty(t testing.TB) []byte {
	var b bytes.Buffer
	if err := zip.NewWriter(&b).Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	return b.Bytes()
}

// compressed packs the files of a zip again, as programs do that compress and add directories.
func compressed(t testing.TB, base string, b []byte) []byte {
	from, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("read the zip: %v", err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	if _, err := z.Create(base + "/"); err != nil {
		t.Fatalf("create a directory: %v", err)
	}
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("open %s: %v", f.Name, err)
		}
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatalf("compress %s: %v", f.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	return out.Bytes()
}

// comment appends a comment to a zip.
func comment(b []byte) []byte {
	b = append(bytes.Clone(b), "hello"...)
	b[len(b)-len("hello")-2] = byte(len("hello"))
	return b
}

// TestZipTricks: a zip is accepted only as this program writes it.
func TestZipTricks(t *testing.T) {
	all, codes := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for _, name := range slices.Sorted(maps.Keys(zipTricks)) {
			f := all[kind].clone()
			f.t = t
			if !zipTricks[name](f) {
				t.Errorf("%s: %s: nothing was done", kind, name)
			}
			want := "14"
			if strings.Contains(name, "behind it") || name == "a comment" || name == "two zips" { // has no sum
				want = "4"
			}
			if strings.Contains(name, "compressed") { // somebody who packs an export again is no forger
				want = "1"
			}
			if name == "in another order" || name == "the opposite order" { // the order in a zip has no meaning
				want = string(rune('0' + codes[kind]))
			}
			if name == "all below another directory" || strings.HasPrefix(name, "no bagit.txt") {
				want = "1"
			}
			f.judge(kind+": "+name, want)
		}
	}
	if len(zipTricks) < 40 {
		t.Errorf("only %d tricks, want 40 and more", len(zipTricks))
	}
}

// TestNothingElseLiesInARecord: an unpacked record with a link, or with a directory
// without files, differs from the one that was exported.
func TestNothingElseLiesInARecord(t *testing.T) {
	all, _ := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for name, mode := range map[string]fs.FileMode{"empty": fs.ModeDir, "data/evidence/x": fs.ModeDir,
			"link": fs.ModeSymlink, "data/pipe": fs.ModeNamedPipe} {
			f := all[kind].clone()
			f.t = t
			signers["hub"](f)
			dir := fstest.MapFS{name: &fstest.MapFile{Mode: mode}}
			for _, x := range f.files {
				dir[x.name] = &fstest.MapFile{Data: x.body}
			}
			if _, err := bundle.OpenDir(dir); !errors.As(err, new(bundle.Tampered)) {
				t.Errorf("%s with %s (%s): got %v, want that it was changed", kind, name, mode, err)
			}
		}
	}
}

// TestNameThatIsNotUTF8: a file or a directory whose name is not UTF-8 was added to an unpacked record. Some
// file systems have no such names.
func TestNameThatIsNotUTF8(t *testing.T) {
	all, _ := bags(t)
	for name, add := range map[string]func(path string) error{
		"file":      func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		dir := t.TempDir()
		for _, x := range all["whole"].files {
			path := filepath.Join(dir, x.name)
			err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, x.body, 0o600))
			if err != nil {
				t.Fatalf("unpack: %v", err)
			}
		}
		if err := add(filepath.Join(dir, "data", "\xff")); err != nil {
			t.Skipf("add a %s: %v", name, err)
		}
		if _, err := bundle.OpenDir(os.DirFS(dir)); !errors.As(err, new(bundle.Tampered)) {
			t.Errorf("a %s: got %v, want that it was added", name, err)
		}
	}
}
