// Language host for machines without the official CLI, which ships one for each language. The Go module proxy does not have those hosts.
// Runs programs, plugins and policy packs in Node.js with the modules of their own @pulumi/pulumi, and generates SDKs. The engine finds
// this program as pulumi-language-LANGUAGE beside itself.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Exit code of a Node.js program that has already reported its error.
const errorReported = 32

const tool = "pulumi-language-host"

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	language, engine string
}

func main() {
	language := strings.TrimPrefix(filepath.Base(os.Args[0]), "pulumi-language-")
	server := &host{language: strings.TrimSuffix(language, ".exe"), engine: os.Args[len(os.Args)-1]}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: func(s *grpc.Server) error {
		pulumirpc.RegisterLanguageRuntimeServer(s, server)
		return nil
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(handle.Port)
	<-handle.Done
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// InstallDependencies does nothing: `npm ci` has installed them.
func (h *host) InstallDependencies(*pulumirpc.InstallDependenciesRequest, grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse]) error {
	return nil
}

func (h *host) GetRequiredPackages(context.Context, *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

func (h *host) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	config, err := json.Marshal(r.Config)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(r.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	args := []string{
		"--monitor", r.MonitorAddress, "--engine", h.engine, "--organization", r.Organization, "--project", r.Project, "--stack", r.Stack,
		"--root-directory", r.Info.RootDirectory, "--pwd", r.Pwd, "--parallel", strconv.Itoa(int(r.Parallel)),
	}
	if r.DryRun {
		args = append(args, "--dry-run")
	}
	node, err := h.node(ctx, r.Info, "run", append(append(args, r.Info.EntryPoint), r.Args...))
	if err != nil {
		return nil, err
	}
	node.Dir, node.Stdout, node.Stderr = r.Pwd, os.Stdout, os.Stderr
	node.Env = append(os.Environ(), "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	var exit *exec.ExitError
	err = node.Run()
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == errorReported:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program failed: %v", err)}, nil
	}
}

func (h *host) RunPlugin(r *pulumirpc.RunPluginRequest, stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]) error {
	module, args := "run-plugin", append([]string{r.Info.ProgramDirectory}, r.Args...)
	if r.Kind == "analyzer" {
		module, args = "run-policy-pack", append([]string{r.Args[0], r.Info.ProgramDirectory}, r.Args[1:]...)
	}
	node, err := h.node(stream.Context(), r.Info, module, args)
	if err != nil {
		return err
	}
	// The SDK reads the version of a policy pack from package.json in the current folder.
	node.Dir, node.Env = r.Info.ProgramDirectory, r.Env
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	node.Stdout, node.Stderr = stdout, stderr
	var exit *exec.ExitError
	if err := node.Run(); err != nil && !errors.As(err, &exit) {
		return err
	}
	code := int32(node.ProcessState.ExitCode())
	return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
}

// node prepares a command with a module of the @pulumi/pulumi that the program's folder, or one above it, contains.
func (h *host) node(ctx context.Context, info *pulumirpc.ProgramInfo, module string, args []string) (*exec.Cmd, error) {
	if h.language != "nodejs" {
		return nil, fmt.Errorf("this language host cannot run %s programs: install the official Pulumi CLI", h.language)
	}
	flags := strings.Fields(info.Options.GetFields()["nodeargs"].GetStringValue())
	for dir := info.ProgramDirectory; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, "node_modules/@pulumi/pulumi/cmd", module, "index.js")
		if _, err := os.Stat(file); err == nil {
			return exec.CommandContext(ctx, "node", append(append(flags, file), args...)...), nil
		}
		if dir == filepath.Dir(dir) {
			return nil, fmt.Errorf("%s has no @pulumi/pulumi: run `npm ci`", info.ProgramDirectory)
		}
	}
}

func (h *host) GeneratePackage(_ context.Context, r *pulumirpc.GeneratePackageRequest) (*pulumirpc.GeneratePackageResponse, error) {
	loader, err := schema.NewLoaderClient(r.LoaderTarget)
	if err != nil {
		return nil, err
	}
	defer loader.Close()
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(r.Schema), &spec); err != nil {
		return nil, err
	}
	cached := schema.NewCachedLoader(loader)
	pkg, problems, err := schema.BindSpec(spec, cached, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if problems.HasErrors() {
		return nil, problems
	}
	var files map[string][]byte
	switch h.language {
	case "nodejs":
		files, err = nodejs.GeneratePackage(tool, pkg, r.ExtraFiles, r.LocalDependencies, r.Local, cached)
	case "python":
		files, err = python.GeneratePackage(tool, pkg, r.ExtraFiles, cached)
	case "go":
		files, err = gogen.GeneratePackage(tool, pkg, r.LocalDependencies)
	default:
		err = fmt.Errorf("no generator of %s SDKs", h.language)
	}
	if err != nil {
		return nil, err
	}
	for name, content := range files {
		file := filepath.Join(r.Directory, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return nil, err
		}
	}
	return &pulumirpc.GeneratePackageResponse{}, nil
}
