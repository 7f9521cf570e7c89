package bundle_test

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"testing"
)

// oddPoints are encodings of points of small order, in the canonical form and in others that
// some programs accept (RFC 8032, section 5.1.3), and two encodings of no point.
var oddPoints = []string{
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"0200000000000000000000000000000000000000000000000000000000000000",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

// TestPythonSignatures: docs/verify.py and crypto/ed25519 accept the same signatures, also
// those that implementations of Ed25519 judge differently: by keys of small order, under
// encodings that are not canonical, and with a number that is too large.
func TestPythonSignatures(t *testing.T) {
	p := startPython(t)
	good, tried := 0, 0
	check := func(what string, key, signature, text []byte) {
		t.Helper()
		want := 0
		if ed25519.Verify(key, text, signature) {
			want, good = 1, good+1
		}
		tried++
		got, _ := p.ask(map[string]any{"key_bytes": hex.EncodeToString(key), "signature": hex.EncodeToString(signature),
			"text": hex.EncodeToString(text)})
		if got != want {
			t.Errorf("%s: docs/verify.py returns %d, want %d as crypto/ed25519", what, got, want)
		}
	}
	for _, a := range oddPoints {
		for _, r := range oddPoints {
			for i := range 4 {
				key, point := unhex(t, a), unhex(t, r)
				check(fmt.Sprintf("key %s, point %s, text %d", a, r, i), key, append(point, make([]byte, 32)...),
					[]byte{byte(i)})
			}
		}
	}
	w, text := newWriter("ana", 2), []byte("a text")
	key, signature := w.priv.Public().(ed25519.PublicKey), ed25519.Sign(w.priv, text)
	check("a signature", key, signature, text)
	check("another text", key, signature, []byte("another text"))
	check("a byte less", key, signature[:63], text)
	check("a byte more", key, append(slices.Clone(signature), 0), text)
	order, _ := new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
	number := new(big.Int).SetBytes(reversed(signature[32:]))
	for range 15 {
		if number.Add(number, order).BitLen() > 256 {
			break
		}
		large := append(slices.Clone(signature[:32]), reversed(number.FillBytes(make([]byte, 32)))...)
		check(fmt.Sprintf("the number %x", number), key, large, text)
	}
	for i := range 64 {
		changed := slices.Clone(signature)
		changed[i] ^= 1 << (i % 8)
		check(fmt.Sprintf("byte %d changed", i), key, changed, text)
	}
	sum := sha512.Sum512(text)
	check("a signature of the hash", key, ed25519.Sign(w.priv, sum[:]), text)
	if good < 30 || tried-good < 500 {
		t.Errorf("of %d signatures %d are valid, want 30 and more, and 500 and more that are not", tried, good)
	}
	t.Logf("%d signatures were compared, %d of them valid", tried, good)
}

func reversed(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}

func unhex(t *testing.T, text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return b
}
