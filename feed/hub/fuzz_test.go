package hub_test

import (
	"testing"

	"warroom/feed/hub"
	"warroom/model"
)

// FuzzReadInvitation: for any file, the result is a usable invitation or an error.
func FuzzReadInvitation(f *testing.F) {
	v := hub.Invitation{Handle: "ana", Right: model.Write, Servers: []string{"tls://h:1"},
		Pin:  "sha256:zv5KtC19lt/vv7nd1mLFeFcNYOZXLWvlwmsXXzR6x08",
		Hub:  "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
		Seed: "SUAP5O4VWFFN75GNAOX3QSOHC3VSTAIMG5JJH2WU4OMGHUP5XZQA5LVQV4"}
	text, err := v.Text()
	if err != nil {
		f.Fatalf("text: %v", err)
	}
	f.Add([]byte(text))
	f.Add([]byte("invitation = 1\nhandle = 'x'"))
	f.Add([]byte("\x1b[31m = ["))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := hub.ReadInvitation("f", raw)
		if err != nil {
			if model.CodeOf(err) != model.Invalid {
				t.Fatalf("%v is no sentence", err)
			}
			return
		}
		if _, _, err := got.Login(); err != nil || !model.ValidHandle(got.Handle) || got.TLS() == nil {
			t.Fatalf("%+v cannot be used: %v", got, err)
		}
	})
}
