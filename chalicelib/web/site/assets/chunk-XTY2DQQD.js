import{k as s}from"./chunk-HDRC7M7B.js";function t({label:l}){return s("p",{class:"busy",role:"status",children:[l,"…"]})}export{t as a};
