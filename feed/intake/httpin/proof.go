package httpin

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// SignHeader holds a signature: t=UNIX,v1=HEX, where HEX is the HMAC-SHA256 of
// "UNIX." and the body. It may have several v1, for the time when a secret is
// changed.
const SignHeader = "X-Warroom-Signature"

// GitHubHeader holds GitHub's signature: sha256=HEX, the HMAC-SHA256 of the body.
const GitHubHeader = "X-Hub-Signature-256"

// skew is how old a signed request may be, or how far ahead.
const skew = 5 * time.Minute

// maxSums is how many signatures one header may have.
const maxSums = 4

// errUnproven means that a signature is not that of the body.
var errUnproven = errors.New("the signature is not that of this body")

// claim is who a request says that it comes from.
type claim struct {
	name   string // of the credential
	proven bool   // by the headers alone
	// check verifies the body and returns the signature, by which a replay is
	// recognised. It is nil where the headers prove everything.
	check func(ctx context.Context, body io.ReadSeeker) (sum string, err error)
}

// claims returns who posts alerts. The error is a [model.Error] that names what a
// sender has to show.
func (s *server) claims(h http.Header) (claim, error) {
	c := claim{name: "token", proven: !s.Token.IsEmpty() && s.showsToken(h)}
	var err error
	switch signed, github := h.Get(SignHeader), h.Get(GitHubHeader); {
	case signed != "" && !s.Sign.IsEmpty():
		c.check, err = s.signed(signed)
		if !c.proven {
			c.name = "sign"
		}
	case github != "" && !s.GitHub.IsEmpty():
		c.check, err = s.github(github)
		if !c.proven {
			c.name = "github"
		}
	case !c.proven:
		err = s.unknown()
	}
	return c, err
}

// unknown states what a sender has to show.
func (s *server) unknown() error {
	var ways []string
	if !s.Token.IsEmpty() {
		ways = append(ways, "show the token: Authorization: Bearer TOKEN")
	}
	if !s.Sign.IsEmpty() {
		ways = append(ways, "sign the body: "+SignHeader+": t=UNIX,v1=HMAC-SHA256")
	}
	if !s.GitHub.IsEmpty() {
		ways = append(ways, "give GitHub's webhook the secret: "+GitHubHeader)
	}
	if len(ways) == 0 {
		return model.Refuse(model.Forbidden,
			"this hub takes no alerts: the configuration names none of http.token, http.sign and http.github")
	}
	return model.Refuse(model.Forbidden, "%s", strings.Join(ways, "; or "))
}

// showsToken compares in a time that does not depend on how much of the token is
// right.
func (s *server) showsToken(h http.Header) bool {
	got := h.Get("X-Api-Key")
	if kind, rest, ok := strings.Cut(h.Get("Authorization"), " "); ok && strings.EqualFold(kind, "Bearer") {
		got = strings.TrimSpace(rest)
	}
	want, have := sha256.Sum256(s.Token.Reveal()), sha256.Sum256([]byte(got))
	return subtle.ConstantTimeCompare(want[:], have[:]) == 1
}

// signed reads warroom's own signature.
func (s *server) signed(header string) (func(context.Context, io.ReadSeeker) (string, error), error) {
	var at int64
	var sums [][]byte
	for part := range strings.SplitSeq(header, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch k {
		case "t":
			at, _ = strconv.ParseInt(v, 10, 64) // 0 is too old
		case "v1":
			if sum, err := hex.DecodeString(v); err == nil && len(sum) == sha256.Size && len(sums) < maxSums {
				sums = append(sums, sum)
			}
		}
	}
	switch age := s.Now().Sub(time.Unix(at, 0)); {
	case len(sums) == 0:
		return nil, model.Refuse(model.Forbidden, "%s is written as t=UNIX,v1=HMAC-SHA256", SignHeader)
	case age > skew || age < -skew:
		return nil, model.Refuse(model.Forbidden,
			"the signature is of another time: its clock and the hub's have to be within %d minutes", int(skew.Minutes()))
	}
	return func(_ context.Context, body io.ReadSeeker) (string, error) {
		return verify(s.Sign, strconv.FormatInt(at, 10)+".", body, sums)
	}, nil
}

// github reads GitHub's signature.
func (s *server) github(header string) (func(context.Context, io.ReadSeeker) (string, error), error) {
	v, ok := strings.CutPrefix(header, "sha256=")
	sum, err := hex.DecodeString(v)
	if !ok || err != nil || len(sum) != sha256.Size {
		return nil, model.Refuse(model.Forbidden, "%s is written as sha256=HMAC-SHA256", GitHubHeader)
	}
	return func(_ context.Context, body io.ReadSeeker) (string, error) {
		return verify(s.GitHub, "", body, [][]byte{sum})
	}, nil
}

// verify computes the MAC of a body and compares it with what its sender gave. It
// returns the MAC.
func verify(secret model.Secret, before string, body io.ReadSeeker, sums [][]byte) (string, error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", errSpool
	}
	mac := hmac.New(sha256.New, secret.Reveal())
	_, _ = io.WriteString(mac, before) // a hash does not fail
	if _, err := io.Copy(mac, body); err != nil {
		return "", errSpool
	}
	sum, ok := mac.Sum(nil), 0
	for _, s := range sums {
		ok |= subtle.ConstantTimeCompare(sum, s)
	}
	if ok == 0 {
		return "", errUnproven
	}
	return before + string(sum), nil
}
