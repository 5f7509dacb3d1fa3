export default function Page() {
  return <h1>conventions</h1>;
}
