# The one task file. Everything here is a command you could type yourself.

.PHONY: build dist test race faults tmux bench shots golden lint ci

build: ## one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o warroom .

dist: ## a release in dist/: binaries, packages, images, SBOM, checksums
	.ci/dist

test: ## what the README says
	go test ./...

race:
	go test -race ./...

faults: ## bad networks and power cuts, see docs/reliability.md
	go -C feed/faults test ./...

tmux: ## the whole program in real terminals
	go test -tags tmux -run Tmux ./ui/e2e

bench: ## see docs/benchmarks.md
	go test -run '^$$' -bench . -benchtime 1s ./...

shots: ## render real screens into docs/img
	go test ./ui/cli -run TestShots -shots

golden: ## write the golden screens again; read them before you commit them
	go test ./ui -update

lint:
	gofmt -l .
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	.ci/vuln

ci: ## what decides whether a change lands
	.ci/run
