import{h as s}from"./chunk-4FQB7NED.js";function t({label:l}){return s("p",{class:"busy",role:"status",children:[l,"…"]})}export{t as a};
