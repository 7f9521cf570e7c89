package pagerduty_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// schema is PagerDuty's published OpenAPI schema. It is not part of this project; without
// it, the fake does not check.
type schema struct{ restAPI, events routers.Router }

// schemaDir returns the directory of the schema: the value of an environment variable, or a
// directory beside the project.
func schemaDir() string {
	if d := os.Getenv("WARROOM_PAGERDUTY_SCHEMA"); d != "" {
		return d
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		d := filepath.Join(dir, "shared", "samples", "pagerduty")
		if _, err := os.Stat(d); err == nil {
			return d
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

var loaded = sync.OnceValues(func() (*schema, error) {
	dir := schemaDir()
	if dir == "" {
		return nil, nil
	}
	restAPI, err := load(filepath.Join(dir, "rest-warroom.json"))
	if err != nil {
		return nil, err
	}
	events, err := load(filepath.Join(dir, "events-v2-prefixed.json"))
	return &schema{restAPI, events}, err
})

func theSchema(t testing.TB) *schema {
	t.Helper()
	s, err := loaded()
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	if s == nil {
		t.Log("PagerDuty's schema is not here (WARROOM_PAGERDUTY_SCHEMA, ../shared/samples/pagerduty): requests and " +
			"answers are not checked against it")
	}
	return s
}

func load(path string) (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	for _, p := range doc.Paths.Map() {
		p.Servers = nil
	}
	return gorillamux.NewRouter(doc)
}

// exchange checks a request and its answer.
func (s *schema) exchange(t testing.TB, r *http.Request, body []byte, rec *httptest.ResponseRecorder) {
	if s == nil {
		return
	}
	router := s.restAPI
	if strings.HasPrefix(r.URL.Path, "/v2/") {
		router = s.events
	}
	one := r.Clone(context.Background())
	one.Body = io.NopCloser(bytes.NewReader(body))
	one.URL.Scheme, one.URL.Host = "https", "api.pagerduty.com"
	route, params, err := router.FindRoute(one)
	if err != nil {
		t.Errorf("%s %s is in no schema: %v", r.Method, r.URL.Path, err)
		return
	}
	o := &openapi3filter.Options{ExcludeReadOnlyValidations: true, MultiError: true,
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	in := &openapi3filter.RequestValidationInput{Request: one, PathParams: params, Route: route, Options: o}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
		t.Errorf("request %s %s: %.400s\n%.400s", r.Method, r.URL.Path, err, body)
	}
	if strings.HasSuffix(r.URL.Path, "/log_entries") {
		return // PagerDuty's own example does not fit its schema here: a channel matches more than one form
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: rec.Code, Header: rec.Header(),
		Options: o}
	out.SetBodyBytes(rec.Body.Bytes())
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		t.Errorf("answer of %s %s: %.400s\n%.400s", r.Method, r.URL.Path, err, rec.Body)
	}
}
